/** One line, or one part of each bar. */
export interface Series {
  readonly label: string;
  /** A colour of tokens.css. */
  readonly color: `--${string}`;
  /** One for each start; null where there is nothing to show. */
  readonly values: readonly (number | null)[];
}

/** What a chart shows; `starts`, `from` and `to` in seconds since 1970. */
export interface ChartData {
  /** `band`: two lines, and what lies between them; `steps`: each value lasts until the next. */
  readonly kind: 'bars' | 'steps' | 'band';
  readonly from: number;
  readonly to: number;
  readonly starts: readonly number[];
  readonly series: readonly Series[];
}

/** Parts on top of each other: each with those before it below it. The last comes first, to be drawn first, so that the others cover it. */
export function stacked(series: readonly Series[]): readonly Series[] {
  let below: readonly number[] = [];
  const tops = series.map(({ values, ...rest }) => {
    below = values.map((value, at) => (value ?? 0) + (below[at] ?? 0));
    return { ...rest, values: below };
  });
  return tops.reverse();
}

/** Where a value stands alone, so that no line shows it. */
export function alone({ values }: Pick<Series, 'values'>): number[] {
  return values.flatMap((value, at) => (value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : []));
}

/** Whether any of it is more than nothing. */
export function hasAny(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.some((value) => (value ?? 0) > 0));
}
