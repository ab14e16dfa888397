/** What an item of a `PlacedList` knows of it; -1: it is in none. */
export interface Placed {
  place: number;
}

/** A set whose items know their places. A `Set` would be made anew every few items that pass. */
export class PlacedList<T extends Placed> {
  private readonly items: T[] = [];

  add(item: T): void {
    if (item.place < 0) item.place = this.items.push(item) - 1;
  }

  delete(item: T): void {
    if (item.place < 0) return;
    const last = this.items.pop();
    if (last !== undefined && last !== item) {
      this.items[item.place] = last;
      last.place = item.place;
    }
    item.place = -1;
  }

  /** All items at this moment. */
  all(): T[] {
    return [...this.items];
  }
}
