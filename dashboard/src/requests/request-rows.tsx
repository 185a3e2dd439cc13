import { type Column, DataTable } from '../components/data-table.tsx';
import { Status } from '../components/status.tsx';
import { compact, dollars, exact, milliseconds } from '../format/numbers.ts';
import { type LoggedRequest } from './request-log.ts';

interface RequestRowsProps {
  readonly requests: readonly LoggedRequest[];
  readonly chosen: LoggedRequest | undefined;
  readonly onChoose: (request: LoggedRequest) => void;
}

const clock = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export function RequestRows({ requests, chosen, onChoose }: RequestRowsProps) {
  const columns: readonly Column<LoggedRequest>[] = [
    {
      title: 'Time',
      cell: (request) => (
        <button
          type="button"
          class="link-button"
          title="Details"
          onClick={() => {
            onChoose(request);
          }}
        >
          {clock.format(Date.parse(request.started_at))}
        </button>
      ),
    },
    { title: 'Outcome', cell: (request) => <Outcome {...request} /> },
    { title: 'Client', cell: ({ client }) => client },
    { title: 'Provider', cell: ({ provider }) => provider ?? <span class="muted">–</span> },
    { title: 'Model', cell: ({ model }) => <span class="request-model">{model ?? <span class="muted">–</span>}</span> },
    { title: 'Latency', numeric: true, cell: ({ latency_ms }) => milliseconds(latency_ms) },
    { title: 'First word', numeric: true, cell: ({ ttft_ms }) => (ttft_ms === null ? <span class="muted">–</span> : milliseconds(ttft_ms)) },
    { title: 'Tokens in', numeric: true, cell: (request) => <Tokens count={request.prompt_tokens} estimated={request.estimated} /> },
    { title: 'Tokens out', numeric: true, cell: (request) => <Tokens count={request.completion_tokens} estimated={request.estimated} /> },
    { title: 'Cost', numeric: true, cell: ({ cost_usd }) => (cost_usd === null ? <span class="muted">–</span> : dollars(cost_usd)) },
  ];
  return <DataTable caption="Requests" columns={columns} rows={requests} rowKey={({ id }) => id} chosen={({ id }) => id === chosen?.id} />;
}

export function Outcome({ status, error, cache, fallback_from }: LoggedRequest) {
  if (status === 499) return <Status tone="quiet">aborted</Status>;
  if (error !== null || status >= 400) return <Status tone={status >= 500 ? 'bad' : 'warn'}>{`${status} ${error ?? ''}`}</Status>;
  if (cache === 'hit') return <Status tone="accent">from the cache</Status>;
  return fallback_from === null ? <Status tone="good">good</Status> : <Status tone="warn">by fallback</Status>;
}

function Tokens({ count, estimated }: { readonly count: number; readonly estimated: boolean }) {
  return <span title={exact(count)}>{`${estimated ? '≈ ' : ''}${compact(count)}`}</span>;
}
