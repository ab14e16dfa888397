/**
 * A set of positions, most of which follow each other from 1 without a gap: those take no room,
 * however many steps a function makes.
 */
export class PositionSet {
  private upTo = 0;
  private others: Set<number> | undefined;

  add(position: number): void {
    if (position !== this.upTo + 1) {
      if (!this.has(position)) (this.others ??= new Set()).add(position);
      return;
    }
    this.upTo = position;
    while (this.others?.delete(this.upTo + 1)) this.upTo += 1;
  }

  has(position: number): boolean {
    const isInRow = position >= 1 && position <= this.upTo;
    return isInRow || this.others?.has(position) === true;
  }

  get size(): number {
    return this.upTo + (this.others?.size ?? 0);
  }
}
