// Guide: what there is to see, and what to try. Words alone.
// @ts-check

const MARKUP = `
<article class="card story">
  <h2>What you are looking at</h2>
  <h3 class="artist">The artist, or generator</h3>
  <p>
    It has never seen a digit. It is given a handful of random numbers, the latent vector, and turns them into
    28 × 28 grey pixels. All it ever learns is how the judge scored the result and, from the gradient, in
    which direction each pixel should have been different.
  </p>
  <p>
    In other games of the <a href="#room=recipe">Recipe</a> it is given a picture instead: a digit thinned to a line, made
    small, or with a hole in it. It is to make the digit of it again, and is also told how far it was from the truth. In
    the <a href="#room=pad">Pad</a> you can give it one of your own.
  </p>
  <h3 class="judge">The judge, or discriminator</h3>
  <p>
    It sees real digits mixed with the artist’s drawings and gives each a score, or logit: high for real, low for
    drawn. It does not start out as an expert either; every forgery that fools it is a lesson. Press any
    picture to see what the judge would change in it.
  </p>
  <h3>What to watch</h3>
  <p>
    First noise, then grey blobs in the middle, then strokes; then, suddenly, digits. The losses do not fall to
    zero, and should not: they are the score of a game between two players who both improve. Look at the gap
    between the judge’s scores for real and drawn. A gap that stays small but does not close means a good match.
  </p>
  <p>
    The reader is a third network, a classifier that takes no part in the game. It is shown new drawings and says
    which digit it sees.
  </p>
  <h3>What to try</h3>
  <p>
    Play a game with points: “Numbers on a line” or “Points on a ring”, in the <a href="#room=recipe">Recipe</a>. The
    artist makes one or two numbers instead of 784, so everything can be seen at once: where the real points are, where
    the artist’s are, and what the judge makes of every place. It learns within seconds.
  </p>
  <p>
    The room <a href="#room=pad">Pad</a> is yours to draw in. In a game with points you draw the real data and the
    artist learns them; where the artist is given a picture, you draw or wipe it and see at once what it makes of it.
  </p>
  <p>
    <a href="#room=slow">Slow motion</a> takes one step of the run apart: the same noise, the judge’s scores, what each
    layer learns, and the drawing before and after. In <a href="#room=explore">Explore</a> you walk between drawings, or
    draw a digit and watch the artist look for the nearest one that it can draw.
  </p>
  <h3>What to break</h3>
  <p>Settings are in the <a href="#room=recipe">Recipe</a>, some of them under “All other settings”; steps of one player are below the drawings.</p>
  <ul>
    <li>Raise the judge’s learning rate tenfold while it trains: a judge that is always right teaches nothing.</li>
    <li>Take steps of the artist alone: it finds one trick that fools a judge that has stopped learning.</li>
    <li>Turn off “Conditional GAN”, and see whether some digits vanish from the reader’s list.</li>
    <li>Remove the gradient penalty, and see how long the peace lasts.</li>
  </ul>
  <p>
    You cannot break anything for good. Reset starts a fresh pair, and the time machine returns to any moment that
    was kept: go back to it, or branch off with another objective, penalty or learning rate and compare the
    two curves.
  </p>
</article>`;

/** @param {HTMLElement} el */
export function mount(el) {
  el.innerHTML = MARKUP;
}
