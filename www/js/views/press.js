// A button that may be out, and what a press of it does. Knows nothing else.
// @ts-check

/**
 * Those that are out stay reachable by keyboard, and the second half of a double click is not meant for what has
 * moved into the first one's place.
 * @param {HTMLElement} button
 * @param {() => void} act
 */
export function press(button, act) {
  button.addEventListener("click", ({ detail }) => {
    if (button.ariaDisabled !== "true" && detail < 2) act();
  });
}
