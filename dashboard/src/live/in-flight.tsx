import { type Live } from '../api/live.ts';
import { Panel } from '../components/panel.tsx';

/** Whose requests are being answered. */
export function InFlight({ clients }: { readonly clients: NonNullable<Live['clients']> }) {
  const busy = clients.filter((client) => client.in_flight > 0);
  const most = Math.max(...busy.map((client) => client.in_flight), 1);
  return (
    <Panel title="In flight by client">
      {busy.length === 0 ? (
        <p class="muted slots-more">No request is being answered.</p>
      ) : (
        <ul class="bars">
          {busy.map((client) => (
            <li key={client.name}>
              <span>{client.name}</span>
              <i style={{ width: `${(100 * client.in_flight) / most}%` }} />
              <b>{client.in_flight}</b>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
