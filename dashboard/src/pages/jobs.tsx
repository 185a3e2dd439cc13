import { useSignal } from '@preact/signals';
import { shown } from '../api/api-error.ts';
import { request } from '../api/request.ts';
import { Confirm } from '../components/confirm.tsx';
import { Empty } from '../components/empty.tsx';
import { Loaded } from '../components/loaded.tsx';
import { notify } from '../components/notices.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Panel } from '../components/panel.tsx';
import { Segments } from '../components/segments.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';
import { JobDetails } from '../jobs/job-details.tsx';
import { isOver, type JobObject, jobPath } from '../jobs/job-object.ts';
import { type JobAction, JobRows } from '../jobs/job-rows.tsx';

const EVERY_MS = 3000;
const SIZE = 100;
const filters = [
  ['', 'All'],
  ['status=queued', 'Queued'],
  ['status=running', 'Running'],
  ['status=failed', 'Failed'],
  ['delivery=dead', 'Given up'],
] as const;

export function JobsPage() {
  const filter = useSignal<(typeof filters)[number][0]>('');
  const open = useSignal<{ readonly action: JobAction; readonly job: JobObject }>();
  const jobs = useResource(
    filter.value,
    (signal) => request<{ data: readonly JobObject[]; has_more: boolean }>(`/jobs?all=true&limit=${SIZE}${filter.value === '' ? '' : `&${filter.value}`}`, { signal }),
    EVERY_MS,
  );
  const close = (): void => {
    open.value = undefined;
  };
  const redeliver = async ({ id }: JobObject): Promise<void> => {
    try {
      await request(jobPath(id, '/redeliver'), { method: 'POST' });
      notify('It is told once more.');
      jobs.reload();
    } catch (error) {
      notify(shown(error).message);
    }
  };
  const { action, job } = open.value ?? {};

  return (
    <>
      <PageHead title="Jobs" lead="Completions that were sent with a callback_url, of all clients. The page refreshes itself.">
        <Segments label="Which" options={filters} value={filter.value} onChange={(value) => (filter.value = value)} />
      </PageHead>
      <Loaded resource={jobs} waiting={<Skeleton height={240} />}>
        {({ data, has_more }) =>
          data.length === 0 ? (
            <Empty title="No such jobs.">
              <p class="muted">
                A completion with a <code>callback_url</code> is made in the background, and its answer is sent there.
              </p>
            </Empty>
          ) : (
            <Panel title={has_more ? `The newest ${data.length} jobs` : data.length === 1 ? '1 job' : `${data.length} jobs`} flush>
              <JobRows
                jobs={data}
                onAction={(chosen, of) => {
                  if (chosen === 'redeliver') void redeliver(of);
                  else open.value = { action: chosen, job: of };
                }}
              />
            </Panel>
          )
        }
      </Loaded>
      {action === 'details' && job && <JobDetails id={job.id} onClose={close} />}
      {action === 'remove' && job && <Remove job={job} onClose={close} onDone={jobs.reload} />}
    </>
  );
}

interface RemoveProps {
  readonly job: JobObject;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Remove({ job, onClose, onDone }: RemoveProps) {
  const over = isOver(job);
  const remove = async (): Promise<void> => {
    await request(jobPath(job.id), { method: 'DELETE' });
    notify(over ? 'Erased.' : 'Cancelled.');
    onDone();
  };
  return (
    <Confirm title={over ? 'Erase this job?' : 'Cancel this job?'} label={over ? 'Erase it' : 'Cancel the job'} onClose={onClose} action={remove}>
      <p>
        {over ? 'Its answer is gone then, and is told no more: ' : 'Its turn is ended at the provider, and nothing is told: '}
        <code>{job.id}</code>
        {job.client !== undefined && `, of ${job.client}`}.
      </p>
    </Confirm>
  );
}
