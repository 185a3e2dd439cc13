import { useSignal } from '@preact/signals';
import { type Live } from '../api/live.ts';
import { PageHead } from '../components/page-head.tsx';
import { Status, type Tone } from '../components/status.tsx';
import { Tile, Tiles } from '../components/tile.tsx';
import { type Connection, useLive } from '../live/use-live.ts';

const states: Readonly<Record<Connection, readonly [Tone, string]>> = {
  connecting: ['quiet', 'Connecting…'],
  connected: ['good', 'Connected'],
  lost: ['bad', 'Connection lost, trying again'],
  paused: ['quiet', 'Paused'],
};

export function LivePage() {
  const live = useSignal<Live>();
  const [tone, words] =
    states[
      useLive((moment) => {
        live.value = moment;
      })
    ];
  return (
    <>
      <PageHead title="Live" lead="What runs right now.">
        <div role="status">
          <Status tone={tone}>{words}</Status>
        </div>
      </PageHead>
      <Tiles>
        <Tile label="Turns running" value={live.value?.capacity?.active ?? '–'} />
        <Tile label="Waiting" value={live.value?.capacity?.queued ?? '–'} />
      </Tiles>
    </>
  );
}
