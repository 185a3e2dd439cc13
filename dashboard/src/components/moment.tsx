import { signal } from '@preact/signals';
import { exactly, relative } from '../format/moments.ts';

/** Moves on every five seconds, for all that is said relative to it. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 5000);

/** A moment as people say it, with the exact one in its title. */
export function Moment({ at }: { readonly at: string | number }) {
  const date = new Date(at);
  const time = date.getTime();
  if (Number.isNaN(time)) return <>–</>;
  return (
    <time dateTime={date.toISOString()} title={exactly(time)}>
      {relative(time, Math.max(now.value, Date.now()))}
    </time>
  );
}
