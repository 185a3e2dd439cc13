import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

let off = false;

/** `--no-color`: over what the environment says. */
export function paintNothing(): void {
  off = true;
}

/** The text in a style, where the stream it goes to shows one: a terminal does. `NO_COLOR` and `FORCE_COLOR` are obeyed. */
export function paint(style: Style, text: string, stream: NodeJS.WritableStream = process.stdout): string {
  return off ? text : styleText(style, text, { stream });
}
