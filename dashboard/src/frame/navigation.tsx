import { Link, useLocation } from 'wouter-preact';
import { Icon } from '../components/icon.tsx';
import { type Route, routes } from '../routes.ts';

const groups = Map.groupBy(routes, ({ group }) => group);

/** The way to every page. */
export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const [here] = useLocation();
  return (
    <nav aria-label="Pages" class="navigation">
      {[...groups].map(([group, routes]) => (
        <div key={group}>
          <p class="navigation-group" id={`group-${group}`}>
            {group}
          </p>
          <ul aria-labelledby={`group-${group}`}>
            {routes.map((route) => (
              <Item key={route.path} route={route} current={route.path === here} {...(onGo && { onGo })} />
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Item({ route, current, onGo }: { readonly route: Route; readonly current: boolean; readonly onGo?: () => void }) {
  return (
    <li>
      <Link href={route.path} aria-current={current ? 'page' : undefined} {...(onGo && { onClick: onGo })}>
        <Icon name={route.icon} />
        {route.title}
      </Link>
    </li>
  );
}
