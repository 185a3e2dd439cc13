import { type ComponentChildren } from 'preact';
import './status.css';

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'quiet';

/** A state in a word, with a mark whose shape says the same as its colour. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <span class="status" data-tone={tone}>
      {children}
    </span>
  );
}
