// Choosing a file by a click or by dropping it.

/**
 * A file picker and drop zone in one: calls `take(file)` with each single file chosen or dropped. The picker
 * works before the scripts have come (a slow network), so what was chosen by then is taken at once.
 */
export function acceptFiles(zone, input, take) {
  const chosen = () => {
    const [file] = input.files;
    input.value = "";
    if (file) take(file);
  };
  input.addEventListener("change", chosen);
  chosen();
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("drop-over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    });
  }
}
