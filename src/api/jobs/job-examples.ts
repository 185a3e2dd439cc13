import { answerExample } from '../completions/simple-examples.js';

const id = 'job_9b2f6d1c4e8a4f0db7c35e6a1f2d8c90';

export const acceptedExample = { id, object: 'job', status: 'queued', created_at: 1790000000 };

export const jobExample = {
  id,
  object: 'job',
  status: 'succeeded',
  result: answerExample,
  created_at: 1790000000,
  finished_at: 1790000004,
  delivery: { state: 'delivered', attempts: 1, next_at: null, last_error: null },
};

const deadJob = {
  id,
  object: 'job',
  status: 'succeeded',
  created_at: 1790000000,
  finished_at: 1790000004,
  delivery: { state: 'dead', attempts: 7, next_at: null, last_error: 'The receiver answered with the status 500.' },
};

export const listExample = { object: 'list', data: [deadJob], first_id: id, last_id: id, has_more: false };
export const deletedExample = { id, object: 'job', deleted: true };
export const idExample = id;
