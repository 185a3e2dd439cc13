import { type History, type HistorySummary } from './history.js';
import { type Lifetime } from './lifetime.js';
import { type Message } from '../kernel/message.js';

export interface SummaryRow {
  readonly id: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly turns: number;
  readonly created_at: number;
  readonly used_at: number;
}

export interface HistoryRow extends SummaryRow {
  readonly system: string;
  readonly messages: string;
}

export const summaryColumns = ['id', 'provider', 'model', 'turns', 'created_at', 'used_at'] as const;
export const historyColumns = [...summaryColumns, 'system', 'messages'] as const;

export function decodeSummary({ id, provider, model, turns, created_at, used_at }: SummaryRow, { ttlMs, maxAgeMs }: Lifetime): HistorySummary {
  return {
    id,
    target: provider === null || model === null ? undefined : { provider, model },
    turns,
    createdAt: created_at,
    usedAt: used_at,
    expiresAt: Math.min(used_at + ttlMs, created_at + maxAgeMs),
  };
}

export function decodeHistory(row: HistoryRow, life: Lifetime): History {
  return { ...decodeSummary(row, life), system: JSON.parse(row.system) as string[], messages: JSON.parse(row.messages) as Message[] };
}
