// The phone's camera and the browser's own reader of codes, where there is one.

const LOOK_MS = 200;
const FORMAT = "qr_code";

/** Whether this browser reads QR codes; some have the name and no reader behind it. */
export async function readsCodes() {
  if (!("BarcodeDetector" in globalThis)) return false;
  return BarcodeDetector.getSupportedFormats().then((formats) => formats.includes(FORMAT), () => false);
}

const reader = () => new BarcodeDetector({ formats: [FORMAT] });

/** What the codes in a picture file say, as far as this browser reads them; none where it does not. */
export async function readFile(file) {
  if (!(await readsCodes())) return [];
  try {
    const picture = await createImageBitmap(file);
    const found = await reader().detect(picture);
    picture.close();
    return found.map((code) => code.rawValue);
  } catch {
    return []; // the server may read what this browser cannot
  }
}

export class Camera {
  /** onCode(text): what the first code says that comes before the camera. */
  constructor(video, onCode) {
    this.video = video;
    this.onCode = onCode;
    this.stream = null;
    this.timer = null;
  }

  /** Rejects where there is no camera, or it is refused. */
  async start() {
    const asked = { video: { facingMode: "environment" }, audio: false };
    this.stream = await navigator.mediaDevices.getUserMedia(asked);
    this.video.srcObject = this.stream;
    await this.video.play();
    this.look(reader());
  }

  look(detector) {
    this.timer = setTimeout(async () => {
      const found = this.stream ? await detector.detect(this.video).catch(() => []) : [];
      if (!this.stream) return;
      if (found.length) this.onCode(found[0].rawValue);
      else this.look(detector);
    }, LOOK_MS);
  }

  stop() {
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }
}
