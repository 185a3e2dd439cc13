/** A figure of the moment: asked for when somebody looks, and from memory. */
export interface GaugeFigure {
  /** In Prometheus' words: `shellm_turn_slots_active`. */
  readonly name: `shellm_${string}`;
  readonly help: string;
  readonly labels: readonly string[];
  /** A value for each set of labels, each set once. */
  read(): Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;
}
