import { type Column, DataTable } from '../components/data-table.tsx';
import { dollars, exact } from '../format/numbers.ts';
import { type Count, counts, type Grouping, sumOf, type UsageRow } from './usage-table.ts';

/** One line a group, and their sum. */
export function UsageRows({ rows, groups }: { readonly rows: readonly UsageRow[]; readonly groups: readonly Grouping[] }) {
  const sum = sumOf(rows);
  const columns: readonly Column<UsageRow>[] = [
    ...(groups.length === 0 ? [{ title: 'Group', cell: () => 'everything', footer: 'Sum' }] : []),
    ...groups.map((group, at) => ({
      title: `${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      by: (row: UsageRow) => row[group],
      cell: (row: UsageRow) => row[group] ?? <span class="muted">none</span>,
      ...(at === 0 && { footer: 'Sum' }),
    })),
    ...counts.map(([count, title]) => ({
      title,
      numeric: true,
      by: (row: UsageRow) => row[count],
      cell: (row: UsageRow) => shown(count, row[count]),
      footer: shown(count, sum[count]),
    })),
  ];
  return <DataTable caption="Usage" columns={columns} rows={rows} rowKey={(row) => groups.map((group) => row[group]).join(' ')} />;
}

function shown(count: Count, value: number) {
  const text = count === 'cost_usd' ? dollars(value) : exact(value);
  return value === 0 ? <span class="muted">{text}</span> : text;
}
