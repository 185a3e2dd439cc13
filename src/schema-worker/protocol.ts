/** What a thread is given to do, one job at a time. Schemas come as JSON, and under a key by which the thread finds what it compiled before. */
export type Job =
  | { readonly task: 'compile'; readonly key: string; readonly schema: string }
  | { readonly task: 'check'; readonly key: string; readonly schema: string; readonly text: string; readonly exact: boolean }
  /** Whether any JSON object is in it. */
  | { readonly task: 'check-object'; readonly text: string; readonly exact: boolean }
  /** Whether Ajv as it is by itself takes the schema: draft-07, with no keyword that it does not know. */
  | { readonly task: 'compile-strictly'; readonly schema: string };

/** What a thread says: that it listens; that a job's schema is compiled; and how a job went, by {@link Outcome}. */
export type Word = { readonly type: 'ready' } | { readonly type: 'compiled' } | { readonly type: 'done'; readonly outcome: Outcome };

/** What is wrong with a schema, or with an answer, in words; else that it is right. */
export type Outcome = { readonly fault: string } | { readonly problems: readonly string[] } | { readonly json: string } | { readonly fits: true };
