import { type Feature, features } from './cells.js';

const BEGIN = '<!-- client matrix: begin -->';
const END = '<!-- client matrix: end -->';

/** What a cell is in the table: a mark that its test earned, perhaps with a remark, or why it has none. */
export type Verdict = { readonly earned: true; readonly remark?: string | undefined } | { readonly earned: false; readonly why: string };

/** The matrix as Markdown: a row a client, a column a provider, in each box a sign for each feature, and the notes below. */
export function renderTable(clients: readonly string[], providers: readonly string[], verdict: (client: string, provider: string, feature: Feature) => Verdict): string {
  const notes: string[] = [];
  const note = (text: string | undefined): string => {
    if (text === undefined) return '';
    if (!notes.includes(text)) notes.push(text);
    return `<sup>${notes.indexOf(text) + 1}</sup>`;
  };
  const sign = (of: Verdict): string => (of.earned ? `✓${note(of.remark)}` : `–${note(of.why)}`);
  const box = (client: string, provider: string): string => features.map((feature) => sign(verdict(client, provider, feature))).join(' ');
  const line = (boxes: readonly string[]): string => `| ${boxes.join(' | ')} |`;
  return [
    `In each box, in this order: ${features.join(', ')}.`,
    '',
    line(['', ...providers.map((provider) => `\`${provider}\``)]),
    line(['---', ...providers.map(() => '---')]),
    ...clients.map((client) => line([client, ...providers.map((provider) => box(client, provider))])),
    ...(notes.length === 0 ? [] : ['', ...notes.map((text, at) => `<sup>${at + 1}</sup> ${text}${at + 1 < notes.length ? '<br>' : ''}`)]),
  ].join('\n');
}

/** What stands between the markers of a document. @throws where there are none */
export function sectionOf(document: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the document lacks the markers ${BEGIN} and ${END}`);
  return document.slice(begin + BEGIN.length, end).trim();
}

/** The document with another section between its markers. */
export function withSection(document: string, section: string): string {
  return document.replace(`${BEGIN}${document.slice(document.indexOf(BEGIN) + BEGIN.length, document.indexOf(END))}${END}`, () => `${BEGIN}\n${section}\n${END}`);
}
