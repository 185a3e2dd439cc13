import { parser } from '@prometheus-io/lezer-promql';

export interface PromQuery {
  /** What it reads: a metric, and the labels that it asks for. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** The labels that it groups or matches by. */
  readonly groupings: readonly string[];
}

/** Reads PromQL with Prometheus' own grammar. @throws where it is none */
export function parsePromQl(text: string): PromQuery {
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`${JSON.stringify(text)} is no PromQL at ${from}`);
      const word = text.slice(from, to);
      if (type.name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      else if (type.name === 'Identifier') selectors.at(-1)!.metric = word;
      else if (type.name === 'LabelName') (node.parent?.name === 'GroupingLabels' ? groupings : selectors.at(-1)!.labels).push(word);
    },
  });
  if (selectors.length === 0) throw new Error(`${JSON.stringify(text)} reads nothing`);
  return { selectors, groupings };
}
