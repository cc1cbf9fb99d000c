// idle.js -- closes a visit that nobody is looking at any more, after a
// warning of a minute that one press answers (WCAG 2.2.1).

const IDLE_MS = 10 * 60 * 1000;
export const WARNING_S = 60;

const SIGNS_OF_LIFE = ['pointerdown', 'keydown', 'wheel', 'touchstart',
  'scroll'];

// Calls onWarning(seconds left) every second of the last minute; true says
// that a question stands on the screen, and extend() is the answer to it.
// onAlive() follows an answer, onElapsed() the end.  Returns { extend }.
export function watchIdle({ onWarning, onAlive, onElapsed }) {
  let last_ms = Date.now();
  let warning = false;

  function extend() {
    last_ms = Date.now();
    if (warning) onAlive();
    warning = false;
  }

  // During the question only its own buttons count: a scroll by accident
  // must not decide.
  function onSign() {
    if (!warning) last_ms = Date.now();
  }

  function tick() {
    const left_s = Math.ceil((IDLE_MS - (Date.now() - last_ms)) / 1000);
    if (left_s <= 0) return onElapsed();
    if (left_s <= WARNING_S) warning = onWarning(left_s);
  }

  setInterval(tick, 1000);
  const passive = { passive: true, capture: true };
  SIGNS_OF_LIFE.forEach((s) => addEventListener(s, onSign, passive));
  return { extend };
}
