export interface Session {
  readonly id: string;
  readonly client: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
}
