import { type Quota } from '../api/providers.ts';
import { Moment } from '../components/moment.tsx';
import { windowName } from './state.ts';

/** How much of a window of the subscription is used, and when it begins anew. */
export function QuotaMeter({ quota: { window, used_percent: used, resets_at: resets, status } }: { readonly quota: Quota }) {
  const name = windowName(window);
  return (
    <div class="quota" data-tone={tone(used ?? 0)}>
      <p class="row apart">
        <b>{name}</b>
        <span>{used == null ? (status ?? 'unknown') : `${Math.round(used)}% used`}</span>
      </p>
      {used != null && <meter min={0} max={100} value={Math.min(100, used)} aria-label={`${name}, ${Math.round(used)}% used`} />}
      {resets != null && (
        <p class="muted">
          resets <Moment at={resets} />
        </p>
      )}
    </div>
  );
}

function tone(used: number): string {
  if (used >= 95) return 'bad';
  return used >= 80 ? 'warn' : 'good';
}
