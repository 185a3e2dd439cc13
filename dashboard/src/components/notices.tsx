import { signal } from '@preact/signals';
import './notices.css';

const current = signal<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says what has just happened, for a few seconds; read aloud by screen readers. */
export function notify(text: string): void {
  current.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => (current.value = undefined), 4000);
}

/** The place where it is said: once, in the frame. */
export function Notices() {
  return (
    <div class="notices" role="status">
      {current.value !== undefined && <p key={current.value}>{current.value}</p>}
    </div>
  );
}
