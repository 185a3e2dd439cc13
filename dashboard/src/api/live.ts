/** What runs at a moment. What an instance does not know is missing. */
export interface Live {
  readonly at: string;
  readonly version?: string;
  readonly instance?: string;
  readonly uptime_seconds?: number;
  readonly memory_bytes?: number;
  readonly shutting_down?: boolean;
  readonly in_flight?: number;
  readonly capacity?: {
    readonly active: number;
    readonly max: number;
    readonly queued: number;
    readonly max_queued: number;
    readonly background_queued?: number;
    readonly warm?: number;
  };
  readonly kept?: { readonly processes: number; readonly max: number };
  readonly providers?: readonly { readonly id: string; readonly warm?: number; readonly running?: number }[];
  readonly clients?: readonly { readonly name: string; readonly in_flight: number }[];
  readonly sessions?: number;
  readonly jobs?: { readonly queued: number; readonly running: number };
  readonly last_minute?: { readonly requests: number; readonly errors: number };
}
