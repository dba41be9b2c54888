// Who waits to be sent, in order: those that are tried again before those that are new. Each step costs the same however
// many wait.

export class JobLine<J extends { id: number }> {
  private readonly again = new Map<number, J>();
  private readonly fresh = new Map<number, J>();

  get size(): number {
    return this.again.size + this.fresh.size;
  }
  get(id: number): J | undefined {
    return this.again.get(id) ?? this.fresh.get(id);
  }
  push(job: J): void {
    this.fresh.set(job.id, job);
  }
  /** Before all that are new. */
  pushAgain(job: J): void {
    this.again.set(job.id, job);
  }
  take(): J | undefined {
    for (const line of [this.again, this.fresh]) {
      for (const [id, job] of line) {
        line.delete(id);
        return job;
      }
    }
    return undefined;
  }
  delete(id: number): void {
    this.again.delete(id);
    this.fresh.delete(id);
  }
  /** Empties the line. */
  clear(): void {
    this.again.clear();
    this.fresh.clear();
  }
}
