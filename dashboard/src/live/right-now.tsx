import { type Live } from '../api/live.ts';
import { Tile, Tiles } from '../components/tile.tsx';
import { bytes, duration, exact, percent } from '../format/numbers.ts';

/** The moment in figures; what the gateway does not tell is left out. */
export function RightNow({ live }: { readonly live: Live }) {
  const { in_flight: inFlight, last_minute: minute, sessions, jobs, memory_bytes: memory } = live;
  return (
    <Tiles>
      {inFlight !== undefined && <Tile label="Requests in flight" value={exact(inFlight)} note="being answered now" />}
      {minute && (
        <Tile
          label="Last minute"
          value={exact(minute.requests)}
          tone={minute.errors > 0 ? 'bad' : undefined}
          note={minute.errors > 0 ? `${percent(minute.errors, minute.requests)} failed` : 'requests, none failed'}
        />
      )}
      {sessions !== undefined && <Tile label="Sessions" value={exact(sessions)} note="that can go on" />}
      {jobs && <Tile label="Jobs" value={exact(jobs.running)} note={`running · ${exact(jobs.queued)} queued`} />}
      {memory !== undefined && <Tile label="Memory" value={bytes(memory)} note="of the gateway itself" />}
      <Uptime live={live} />
    </Tiles>
  );
}

function Uptime({ live: { uptime_seconds: uptime, version = '', instance } }: { readonly live: Live }) {
  return uptime === undefined ? null : <Tile label="Up for" value={duration(uptime)} title={instance && `Instance ${instance}`} note={`SheLLM ${version}`} />;
}
