// The widths of page pictures: one ladder, so that pictures are cached.

const WIDTHS_PX = [480, 720, 1080, 1600, 2000]; // those that the API draws (seals/uploading.py::WEBP_WIDTHS)

/** The picture width to ask for, for a page shown `cssWidth` px wide on this screen. */
export function pictureWidth(cssWidth) {
  const wanted = cssWidth * Math.min(window.devicePixelRatio || 1, 2.5);
  return WIDTHS_PX.find((width) => width >= wanted) ?? WIDTHS_PX.at(-1);
}
