// The two buttons below the second game.
// @ts-check

export {};

const [game, said] = ["collapse", "said"].map((id) => /** @type {any} */ (document.getElementById(id)));
await customElements.whenDefined("ganvas-play");

document.getElementById("break")?.addEventListener("click", async () => {
  said.textContent = "";
  await game.setState("preset=mode-collapse");
  game.train();
});
document.getElementById("cure")?.addEventListener("click", async () => {
  said.textContent = "";
  await game.setState("preset=mode-collapse&d.schedule.kind=constant");
  game.train();
});
game.addEventListener("collapse", (/** @type {CustomEvent<{ saw: string }>} */ { detail }) => (said.textContent = detail.saw));
