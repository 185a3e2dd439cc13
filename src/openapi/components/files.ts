import { deleted, integer, listOf, map, object, orNull, pagedList, text, time, word } from '../../http/documentation/json-schema.js';
import { purposes } from '../../files/stored-file.js';

const ended = (what: string): object => orNull(time(what));
const count = integer('Requests.');
const problem = object({
  code: text('What is wrong.'),
  message: text('For people.'),
  param: orNull(text('The field at fault.')),
  line: orNull(integer('The line of the input, counted from 1.')),
});

export const fileSchemas = {
  File: object({
    id: text('`file-…`'),
    object: word(['file']),
    bytes: integer('How long it is.'),
    created_at: time('When it was made'),
    expires_at: time('When it is deleted'),
    filename: text('Its name.'),
    purpose: word(purposes),
    status: word(['processed']),
    status_details: orNull(text('Always null.')),
  }),
  FileList: pagedList('File'),
  DeletedFile: deleted('file'),
  Batch: object({
    id: text('`batch_…`'),
    object: word(['batch']),
    endpoint: text('Where its requests go.'),
    errors: { ...object({ object: word(['list']), data: listOf(problem, 'What is wrong with the lines of its input.') }), nullable: true },
    input_file_id: text('The file with its requests.'),
    completion_window: word(['24h']),
    status: word(['validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled']),
    output_file_id: orNull(text('The file with what was answered.')),
    error_file_id: orNull(text('The file with what was refused or failed.')),
    created_at: time('When it was made'),
    in_progress_at: ended('When its requests began'),
    expires_at: time('When what was not run is given up'),
    finalizing_at: ended('When its last request had ended'),
    completed_at: ended('When it was complete'),
    failed_at: ended('When it failed'),
    expired_at: ended('When its time was over'),
    cancelling_at: ended('When it was cancelled'),
    cancelled_at: ended('When the last of its running requests had ended after that'),
    request_counts: object({ total: count, completed: count, failed: count }),
    metadata: orNull(map({ type: 'string' }, "Pairs of the client's own.")),
  }),
  BatchList: pagedList('Batch'),
};
