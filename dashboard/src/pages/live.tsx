import { useSignal } from '@preact/signals';
import { type Live } from '../api/live.ts';
import { TimeChart } from '../chart/time-chart.tsx';
import { Message } from '../components/message.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { Status, type Tone } from '../components/status.tsx';
import { exact } from '../format/numbers.ts';
import { InFlight } from '../live/in-flight.tsx';
import { Processes } from '../live/processes.tsx';
import { recentChart, withSample } from '../live/recent.ts';
import { RightNow } from '../live/right-now.tsx';
import { SessionsTable } from '../live/sessions-table.tsx';
import { Slots } from '../live/slots.tsx';
import { type Connection, useLive } from '../live/use-live.ts';

const states: Readonly<Record<Connection, readonly [Tone, string]>> = {
  connecting: ['quiet', 'Connecting…'],
  connected: ['good', 'Connected'],
  lost: ['bad', 'Connection lost, trying again'],
  paused: ['quiet', 'Paused'],
};

export function LivePage() {
  const live = useSignal<Live>();
  const samples = useSignal<ReturnType<typeof withSample>>([]);
  const connection = useLive((moment) => {
    live.value = moment;
    samples.value = withSample(samples.value, moment);
  });
  const [tone, words] = states[connection];
  return (
    <>
      <PageHead title="Live" lead="What runs right now.">
        <div role="status">
          <Status tone={tone}>{words}</Status>
        </div>
      </PageHead>
      {live.value ? (
        <div class="stack" aria-busy={connection !== 'connected'}>
          <Moment live={live.value} />
        </div>
      ) : (
        <>
          <Skeleton height={96} />
          <Skeleton height={200} />
        </>
      )}
      {live.value && <TimeChart title="Last five minutes" data={recentChart(samples.value)} bucketSeconds={1} write={exact} whole height={150} />}
      <SessionsTable />
    </>
  );
}

function Moment({ live }: { readonly live: Live }) {
  return (
    <>
      {live.shutting_down === true && <Message kind="warn" title="The gateway is about to end: it finishes what runs, and takes nothing new." />}
      <RightNow live={live} />
      <div class="live-grid">
        {live.capacity && <Slots capacity={live.capacity} />}
        <Processes live={live} />
        {live.clients && <InFlight clients={live.clients} />}
      </div>
    </>
  );
}
