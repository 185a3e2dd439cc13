import { type Column, DataTable } from '../components/data-table.tsx';
import { Moment } from '../components/moment.tsx';
import { Status, type Tone } from '../components/status.tsx';
import { isOver, type JobObject } from './job-object.ts';

export type JobAction = 'details' | 'remove' | 'redeliver';

interface JobRowsProps {
  readonly jobs: readonly JobObject[];
  readonly onAction: (action: JobAction, job: JobObject) => void;
}

export function JobRows({ jobs, onAction }: JobRowsProps) {
  const columns: readonly Column<JobObject>[] = [
    {
      title: 'Job',
      cell: (job) => (
        <button
          type="button"
          class="link-button mono"
          title={job.id}
          onClick={() => {
            onAction('details', job);
          }}
        >
          {job.id.slice(0, 12)}…
        </button>
      ),
    },
    { title: 'State', by: ({ status }) => status, cell: ({ status }) => <JobStatus status={status} /> },
    { title: 'Client', by: ({ client }) => client, cell: ({ client }) => client },
    { title: 'Made', by: ({ created_at }) => created_at, cell: ({ created_at }) => <Moment at={created_at * 1000} /> },
    {
      title: 'Ended',
      by: ({ finished_at }) => finished_at,
      cell: ({ finished_at }) => (finished_at === undefined ? <span class="muted">–</span> : <Moment at={finished_at * 1000} />),
    },
    { title: 'Callback', by: ({ delivery }) => delivery?.state, cell: (job) => <Delivery {...job} /> },
    { title: 'Actions', cell: (job) => <Actions job={job} onAction={onAction} /> },
  ];
  return <DataTable caption="Jobs" columns={columns} rows={jobs} rowKey={({ id }) => id} />;
}

const tones: Readonly<Record<JobObject['status'], Tone>> = { queued: 'quiet', running: 'accent', succeeded: 'good', failed: 'bad', cancelled: 'quiet' };

export function JobStatus({ status }: Pick<JobObject, 'status'>) {
  return <Status tone={tones[status]}>{status}</Status>;
}

export function Delivery({ delivery }: Pick<JobObject, 'delivery'>) {
  if (!delivery) return <span class="muted">–</span>;
  const { state, attempts, next_at } = delivery;
  const tries = attempts === 1 ? '1 try' : `${attempts} tries`;
  if (state === 'delivered') return <Status tone="good">delivered</Status>;
  if (state === 'dead') return <Status tone="bad">{`given up after ${tries}`}</Status>;
  return (
    <span>
      <Status tone="warn">{attempts === 0 ? 'waiting' : tries}</Status>{' '}
      {next_at !== null && attempts > 0 && (
        <>
          next <Moment at={next_at * 1000} />
        </>
      )}
    </span>
  );
}

function Actions({ job, onAction }: { readonly job: JobObject; readonly onAction: JobRowsProps['onAction'] }) {
  const over = isOver(job);
  const tellable = over && job.status !== 'cancelled';
  return (
    <span class="table-actions">
      <button
        type="button"
        class="button"
        data-size="small"
        data-kind="danger"
        onClick={() => {
          onAction('remove', job);
        }}
      >
        {over ? 'Erase' : 'Cancel'}
      </button>
      {tellable && (
        <button
          type="button"
          class="button"
          data-size="small"
          onClick={() => {
            onAction('redeliver', job);
          }}
        >
          Tell again
        </button>
      )}
    </span>
  );
}
