import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { Place } from './place.js';

/** The place of a request, which is held until its answer is out or its client has left. */
export function placeOf(request: GatewayRequest, { raw }: GatewayReply): Place {
  if (!request.place) {
    request.place = new Place();
    if (raw.destroyed) request.place.leave();
  }
  return request.place;
}
