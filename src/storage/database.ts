import { type Generated, type GeneratedAlways } from 'kysely';

/** Every table. The same in SQLite and PostgreSQL: text, whole numbers (times are milliseconds since 1970) and JSON as text. */
export interface Database {
  readonly sessions: HistoryTable;
  readonly conversations: ConversationsTable;
  readonly responses: ResponsesTable;
  readonly response_events: ResponseEventsTable;
  readonly idempotency_keys: IdempotencyKeysTable;
  readonly api_keys: ApiKeysTable;
  readonly counters: CountersTable;
  readonly usage: UsageTable;
  readonly spend: SpendTable;
  readonly job_queue: JobQueueTable;
  readonly jobs: JobsTable;
  readonly templates: TemplatesTable;
  readonly files: FilesTable;
  readonly file_chunks: FileChunksTable;
  readonly cached_answers: CachedAnswersTable;
  readonly batches: BatchesTable;
  readonly batch_results: BatchResultsTable;
}

/** What was said, as the gateway remembers it. */
interface HistoryTable {
  readonly id: string;
  readonly owner: string;
  /** Who answered last; null before the first turn. */
  readonly provider: string | null;
  readonly model: string | null;
  /** JSON of the system texts and of the messages. */
  readonly system: string;
  readonly messages: string;
  readonly turns: Generated<number>;
  readonly created_at: number;
  readonly used_at: number;
  /** Of its texts. */
  readonly bytes: GeneratedAlways<number>;
}

interface ConversationsTable extends HistoryTable {
  /** JSON of the client's own words on it. */
  readonly metadata: string;
}

/** An answer that can be asked for again, or that is being made with nobody waiting. */
interface ResponsesTable {
  readonly id: string;
  readonly owner: string;
  /** `queued`, `in_progress`, `completed`, `incomplete`, `failed`, `cancelled`. */
  readonly status: string;
  /** JSON of the answer as the client gets it, of the input items as it sent them, and of the conversation with the answer. */
  readonly body: string;
  readonly input: string;
  readonly messages: string;
  /** Which instance makes it. */
  readonly instance: string;
  readonly created_at: number;
  /** When that instance last said that it is at it. */
  readonly seen_at: number;
  /** How much its events take; known at its end. */
  readonly told: Generated<number>;
  /** Of its texts and events. */
  readonly bytes: GeneratedAlways<number>;
}

/** What was told of an answer that is made with nobody waiting, in order. */
interface ResponseEventsTable {
  readonly response_id: string;
  readonly sequence: number;
  /** JSON. */
  readonly event: string;
}

/** A client's own name for a request, and the answer that it got. */
interface IdempotencyKeysTable {
  readonly owner: string;
  readonly key: string;
  /** What was asked, as a hash. */
  readonly fingerprint: string;
  /** Which run makes the answer, or made it. */
  readonly holder: string;
  /** Of the answer: null while it is made. The headers are JSON, the body is base64. */
  readonly status: number | null;
  readonly headers: string | null;
  readonly body: string | null;
  readonly created_at: number;
  /** When the run last said that it is at it. */
  readonly seen_at: number;
  /** Of the answer. */
  readonly bytes: GeneratedAlways<number>;
}

/** A key that was issued. Its value is nowhere: only its HMAC is. */
export interface ApiKeysTable {
  readonly id: string;
  readonly name: string;
  /** HMAC-SHA-256 of the key, in hexadecimal. */
  readonly digest: string;
  /** The last four characters of the key, by which people tell keys apart. */
  readonly last4: string;
  readonly rpm: number | null;
  /** JSON; null: every model. */
  readonly models: string | null;
  /** JSON. */
  readonly scopes: string;
  readonly max_concurrent: number | null;
  /** JSON. */
  readonly budget: string | null;
  /** 1: its answers are cleaned of secrets. */
  readonly redact: number;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

/** Numbers that only grow: `keys` is how often a client or key came, changed or went. */
interface CountersTable {
  readonly name: string;
  readonly value: number;
}

/** What one completion took: never what was said. */
export interface UsageTable {
  readonly id: string;
  /** Null where no request waits for it. */
  readonly request_id: string | null;
  readonly started_at: number;
  readonly client_id: string;
  readonly client_name: string;
  /** Null where it was led nowhere. */
  readonly provider: string | null;
  /** The one that ran; else the one that was to run, or that was asked for. */
  readonly model: string | null;
  /** The whole prompt, cached part included, and the whole answer, reasoning included. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  /** 1: the figures are a guess. */
  readonly estimated: number;
  /** What the CLI added to the prompt; null: not known. */
  readonly scaffold_tokens: number | null;
  /** Billionths of a dollar; null: the model has no price. */
  readonly cost_nanos: number | null;
  readonly latency_ms: number;
  /** Until the first word or byte of a streamed answer. */
  readonly ttft_ms: number | null;
  /** HTTP's, by the error; 499: the client left. */
  readonly status: number;
  readonly error: string | null;
  /** 1: as a stream. */
  readonly streamed: number;
  /** The provider that failed before. */
  readonly fallback_from: string | null;
  /** `hit` or `miss`; null: the cache was not asked. */
  readonly cache: 'hit' | 'miss' | null;
  readonly session_id: string | null;
}

/** What a client has spent in a period (`day:2026-11-26`, `month:2026-11`, UTC). */
export interface SpendTable {
  readonly client_id: string;
  readonly period: string;
  readonly tokens: number;
  readonly cost_nanos: number;
}

/** A prompt with places for values. */
interface TemplatesTable {
  readonly owner: string;
  readonly name: string;
  /** JSON of what a listing shows, and of the texts. */
  readonly summary: string;
  readonly texts: string;
  /** 1: every client may read it. */
  readonly shared: number;
  readonly created_at: number;
  readonly updated_at: number;
  /** Of its texts. */
  readonly bytes: GeneratedAlways<number>;
}

/** A file of a client, or of a batch. */
export interface FilesTable {
  readonly id: string;
  readonly owner: string;
  readonly purpose: string;
  readonly filename: string;
  /** Of its text, as far as it is there. */
  readonly bytes: Generated<number>;
  /** 1: all of it is there, and it can be asked for. */
  readonly complete: Generated<number>;
  readonly created_at: number;
  /** From then on it is as good as none. */
  readonly expires_at: number;
  /** Somebody reads it until then: it stays that long, whatever becomes of it for its owner. */
  readonly held_until: Generated<number>;
}

/** A part of a file's text. */
interface FileChunksTable {
  readonly file_id: string;
  /** The order of the parts; there may be gaps. */
  readonly sequence: number;
  readonly bytes: number;
  readonly text: string;
}

/** An answer that is kept for whoever asks the same again. */
interface CachedAnswersTable {
  /** What was asked, by whom and of whom, as a hash. */
  readonly key: string;
  /** Of the whole entry. */
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at: number;
  /** JSON. */
  readonly answer: string;
}

/** What is to be done, and who is at it: the queues of the embedded database. Those of PostgreSQL are pg-boss's. */
interface JobQueueTable {
  readonly queue: string;
  readonly id: string;
  readonly priority: number;
  readonly due_at: number;
  /** Microseconds since 1970. */
  readonly added_at: number;
  /** Null where nobody is at it. */
  readonly claim: string | null;
  readonly instance: string | null;
  readonly lease_until: number | null;
}

/** A completion that was accepted to be made later, and told to a URL. */
export interface JobsTable {
  readonly id: string;
  readonly owner: string;
  /** `queued`, `running`, `succeeded`, `failed`, `cancelled`. */
  readonly status: string;
  /** JSON; null once it is over. */
  readonly request: string | null;
  /** Its place in the order between owners: the lower the sooner. */
  readonly tag: number;
  /** How often it was begun and not given back. */
  readonly tries: Generated<number>;
  /** JSON of the answer, or of the error. */
  readonly result: string | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly callback_url: string;
  /** `pending`, `delivered`, `dead`; null before it is over, and where it was cancelled. */
  readonly delivery: string | null;
  readonly delivery_tries: Generated<number>;
  /** When it is tried again. */
  readonly delivery_at: number | null;
  /** Why it was not delivered last. */
  readonly delivery_error: string | null;
  /** Of its request and answer. */
  readonly bytes: GeneratedAlways<number>;
}

/** Requests of a file that are run with nobody waiting. */
export interface BatchesTable {
  readonly id: string;
  readonly owner: string;
  readonly endpoint: string;
  readonly input_file_id: string;
  /** Of a batch that is over: the files with what became of its requests, where there are any. */
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  /** How long those files are kept; null: as long as any. Seconds. */
  readonly output_ttl_s: number | null;
  /** JSON. */
  readonly metadata: string | null;
  /** `validating`, `failed`, `in_progress`, `finalizing`, `completed`, `expired`, `cancelling`, `cancelled`. */
  readonly status: string;
  /** JSON: why it failed. */
  readonly errors: string | null;
  readonly total: Generated<number>;
  readonly completed: Generated<number>;
  readonly failed: Generated<number>;
  /** Of the results of a batch that is not over. */
  readonly bytes: Generated<number>;
  /** How often its requests were begun to be run since the last result. */
  readonly runs: Generated<number>;
  readonly created_at: number;
  readonly expires_at: number;
  readonly in_progress_at: number | null;
  readonly finalizing_at: number | null;
  readonly completed_at: number | null;
  readonly failed_at: number | null;
  readonly expired_at: number | null;
  readonly cancelling_at: number | null;
  readonly cancelled_at: number | null;
}

/** What became of one request of a batch that is not over: a line of one of its files. */
interface BatchResultsTable {
  readonly batch_id: string;
  /** Of the input, counted from 1. */
  readonly line: number;
  /** 1: of the output file; 0: of the error file. */
  readonly succeeded: number;
  readonly bytes: number;
  readonly text: string;
}
