import { deleted, integer, object, orNull, pagedList, ref, text, time, word } from '../../http/documentation/json-schema.js';
import { deliveryStates, jobStatuses } from '../../runs/jobs/job.js';

export const jobSchemas = {
  Job: object(
    {
      id: text('`job_…`'),
      object: word(['job']),
      status: word(jobStatuses),
      result: { type: 'object', additionalProperties: true, description: 'Of one that succeeded: what its endpoint would have answered.' },
      error: { type: 'object', additionalProperties: true, description: 'Of one that failed: the `error` of an error body.' },
      created_at: time('When it was accepted'),
      finished_at: time('When it ended'),
      client: text('Whose it is, where `all` was asked for.'),
      delivery: ref('Delivery'),
    },
    { optional: ['result', 'error', 'finished_at', 'client', 'delivery'], description: 'A completion that is told to a URL. The callback has the same body, without `delivery`.' },
  ),
  Delivery: object(
    {
      state: word(deliveryStates),
      attempts: integer('How often it was tried.'),
      next_at: orNull(time('When it is tried again')),
      last_error: orNull(text('Why the last try failed.')),
    },
    { description: 'How the telling of its end goes.' },
  ),
  JobList: pagedList('Job'),
  DeletedJob: deleted('job'),
};
