import { useSignal } from '@preact/signals';
import { type ComponentChildren } from 'preact';
import { type Direction, type Sortable, sorted } from './sorted.ts';
import './data-table.css';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the end of their cell. */
  readonly numeric?: boolean;
  /** What the column is sorted by; without it, it is not. */
  readonly by?: (row: Row) => Sortable;
  /** What stands under the column, such as its sum. */
  readonly footer?: ComponentChildren;
}

interface DataTableProps<Row> {
  /** Read aloud, and the name of what scrolls. */
  readonly caption: string;
  /** The first is each row's header. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** A row that stands out, because it was chosen. */
  readonly chosen?: (row: Row) => boolean;
  /** So many rows that they scroll in themselves. */
  readonly tall?: boolean;
}

/** Rows that can be sorted; scrolls sideways in itself where it is too wide. */
export function DataTable<Row>({ caption, columns, rows, rowKey, chosen, tall = false }: DataTableProps<Row>) {
  const order = useSignal<{ column: number; direction: Direction }>();
  const by = order.value && columns[order.value.column]?.by;
  const shown = order.value && by ? sorted(rows, by, order.value.direction) : rows;

  const sort = (column: number, numeric: boolean) => {
    const first: Direction = numeric ? 'descending' : 'ascending';
    const other: Direction = numeric ? 'ascending' : 'descending';
    order.value = { column, direction: order.value?.column === column && order.value.direction === first ? other : first };
  };

  return (
    <div class={tall ? 'table-scroll tall' : 'table-scroll'} role="group" aria-label={caption} tabIndex={0}>
      <table class="data-table">
        <caption class="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, numeric = false, by }, at) => (
              <th key={title} scope="col" data-numeric={numeric} aria-sort={order.value?.column === at ? order.value.direction : undefined}>
                {by ? (
                  <button
                    type="button"
                    onClick={() => {
                      sort(at, numeric);
                    }}
                  >
                    {title}
                  </button>
                ) : (
                  title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={rowKey(row)} data-chosen={chosen?.(row) ?? false}>
              {columns.map(({ title, numeric = false, cell }, at) =>
                at === 0 ? (
                  <th key={title} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={title} data-numeric={numeric}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {columns.some(({ footer }) => footer !== undefined) && <Footer columns={columns} />}
      </table>
    </div>
  );
}

function Footer<Row>({ columns }: Pick<DataTableProps<Row>, 'columns'>) {
  return (
    <tfoot>
      <tr>
        {columns.map(({ title, numeric = false, footer }, at) =>
          at === 0 ? (
            <th key={title} scope="row">
              {footer}
            </th>
          ) : (
            <td key={title} data-numeric={numeric}>
              {footer}
            </td>
          ),
        )}
      </tr>
    </tfoot>
  );
}
