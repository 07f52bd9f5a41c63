// What was moved from where, added and taken away, so that it can be taken back.

const MOST = 50;
const ONE_GO_MS = 1000; // arrow keys pressed one after the other are one move

export class Past {
  /** onChange(any): whether there is anything to take back. */
  constructor(onChange) {
    this.moves = [];
    this.onChange = onChange;
  }

  /** Keep where a box is, before a person moves it. */
  keep(box, byKey = false) {
    const last = this.moves.at(-1);
    const now = Date.now();
    if (byKey && last?.box === box && last.byKey && now - last.at < ONE_GO_MS) {
      last.at = now;
      return;
    }
    this.push({ box, page: box.page, x_mm: box.x_mm, y_mm: box.y_mm, byKey, at: now });
  }

  /** Keep what is no move; back() undoes it, and returns the box to look at, if there is one. */
  did(back) {
    this.push({ box: null, back });
  }

  push(move) {
    this.moves.push(move);
    if (this.moves.length > MOST) this.moves.shift();
    this.onChange(true);
  }

  /** Take the last change back; returns what was moved, or null. */
  undo() {
    const move = this.moves.pop();
    const back = move?.back?.() ?? null;
    this.onChange(this.moves.length > 0);
    if (!move?.box) return back;
    move.box.put(move.page, move.x_mm, move.y_mm);
    return move.box;
  }

  /** What is no longer there cannot be put back. */
  forget(box, other = null) {
    if (other) for (const move of this.moves) if (move.box === box) move.box = other;
    this.moves = this.moves.filter((move) => move.box !== box);
    this.onChange(this.moves.length > 0);
  }
}
