import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { Place } from './place.js';

/** The place of a request, which is held until its answer is out or its client has left. */
export function placeOf(request: GatewayRequest, { raw }: GatewayReply): Place {
  if (request.place) return request.place;
  const place = new Place();
  const letGo = place.hold();
  // Not onResponse: it does not come for a client that left before its answer began.
  if (raw.destroyed) letGo();
  else raw.once('close', letGo);
  request.place = place;
  return place;
}
