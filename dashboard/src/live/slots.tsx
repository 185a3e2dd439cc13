import { type Live } from '../api/live.ts';
import { Panel } from '../components/panel.tsx';
import './slots.css';

/** More than that are told as numbers alone. */
const most = 96;

/** The turn slots and who waits for one, as a picture. */
export function Slots({ capacity }: { readonly capacity: NonNullable<Live['capacity']> }) {
  const { active, max, queued, max_queued: maxQueued, background_queued: background = 0 } = capacity;
  return (
    <Panel title="Turn slots" note="how many CLI turns run at once, and how many wait">
      <div class="slots">
        <Cells kind="slot" label={`${active} of ${max} busy`} taken={active} all={max} />
        <Cells kind="place" label={`${queued} of ${maxQueued} places to wait taken`} taken={queued} all={maxQueued} />
        {background > 0 && <p class="muted slots-more">{background} more without anybody waiting: they run when nobody else wants the slot.</p>}
      </div>
    </Panel>
  );
}

function Cells({ kind, label, taken, all }: { readonly kind: 'slot' | 'place'; readonly label: string; readonly taken: number; readonly all: number }) {
  return (
    <div>
      <p class="slots-label">{label}</p>
      {all <= most && (
        <div class="cells" data-kind={kind} aria-hidden="true">
          {Array.from({ length: Math.max(all, taken) }, (_, at) => (
            <i key={at} data-taken={at < taken} />
          ))}
        </div>
      )}
    </div>
  );
}
