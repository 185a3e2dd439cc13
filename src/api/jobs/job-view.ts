import { type DeliveryObject, encodeDelivery, encodeJob, type JobObject } from '../../runs/jobs/job.js';
import { type ListedJob, type WholeJob } from '../../runs/jobs/job-store.js';

/** A job with what became of its callback; whose it is, where everybody's are shown. */
export interface JobView extends JobObject {
  readonly client?: string;
  readonly delivery?: DeliveryObject;
}

/** @param nameOf what the clients are called; undefined: only the caller's own are shown */
export function viewOf(job: WholeJob | ListedJob, nameOf: ((owner: string) => string) | undefined): JobView {
  const delivery = encodeDelivery(job);
  return { ...encodeJob({ result: null, ...job }), ...(nameOf && { client: nameOf(job.owner) }), ...(delivery && { delivery }) };
}
