// Zooming by two fingers, or by a pinch on a touchpad (which browsers tell as a wheel with Ctrl).

const WHEEL_SPEED = 0.01;

const apart = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
const between = ([one, other]) => [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2];

/**
 * Tell `zoomBy(factor, x, y)` of each step, about that point of the window, and `done()` at the end.
 * One finger is left to the browser, which scrolls with it; two are ours from the start.
 */
export function watchPinch(element, zoomBy, done) {
  let last = null; // {gap, middle} of the two fingers
  const begin = (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    last = { gap: apart(event.touches), middle: between(event.touches) };
  };
  const move = (event) => {
    if (!last || event.touches.length !== 2) return;
    event.preventDefault();
    const [gap, middle] = [apart(event.touches), between(event.touches)];
    element.scrollBy(last.middle[0] - middle[0], last.middle[1] - middle[1]);
    zoomBy(gap / last.gap, ...middle);
    last = { gap, middle };
  };
  const end = (event) => {
    if (!last || event.touches.length > 1) return;
    last = null;
    done();
  };
  element.addEventListener("touchstart", begin, { passive: false });
  element.addEventListener("touchmove", move, { passive: false });
  element.addEventListener("touchend", end);
  element.addEventListener("touchcancel", end);
  element.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * WHEEL_SPEED), event.clientX, event.clientY);
    done();
  }, { passive: false });
}
