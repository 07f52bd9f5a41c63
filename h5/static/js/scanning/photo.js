// A photo made small enough to send over a slow network; a code needs no more.

const LONGEST_PX = 1600;
const QUALITY = 0.85;

/** The photo as a JPEG of at most LONGEST_PX a side; as it is where this browser cannot draw it. */
export async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const share = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    if (share === 1) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * share);
    canvas.height = Math.round(picture.height * share);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return made ? new File([made], "code.jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}
