import { request } from '../api/request.ts';
import { Command } from '../components/command.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Facts } from '../components/facts.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Message } from '../components/message.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';
import { wordsOf } from '../error-words.ts';
import { exactly } from '../format/moments.ts';
import { jobPath, type JobObject } from './job-object.ts';
import { Delivery, JobStatus } from './job-rows.tsx';

/** A job with its answer, which the list does not have. */
export function JobDetails({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const job = useResource(id, (signal) => request<JobObject>(jobPath(id), { signal }));
  return (
    <Dialog title="Job" side onClose={onClose}>
      <Loaded resource={job} waiting={<Skeleton height={200} />}>
        {({ status, client, error, created_at, finished_at, delivery, result }) => (
          <>
            {error && (
              <Message kind="bad" title={error.message}>
                <p>{wordsOf(error.code)?.todo}</p>
              </Message>
            )}
            {delivery?.last_error && delivery.state !== 'delivered' && <Message kind="warn" title={`The callback failed: ${delivery.last_error}`} />}
            <Facts
              of={{
                State: <JobStatus status={status} />,
                Client: client,
                Made: exactly(created_at * 1000),
                Ended: finished_at === undefined ? null : exactly(finished_at * 1000),
                Callback: <Delivery delivery={delivery} />,
              }}
            />
            <h3>Id</h3>
            <Command text={id} what="id" />
            {result !== undefined && (
              <>
                <h3>Answer</h3>
                <Command text={JSON.stringify(result, null, 2)} what="answer" />
              </>
            )}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
