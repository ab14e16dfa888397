import {
  activityInbound,
  clearActivityInboundInterceptors,
  clearInterceptors,
  clearOutboundInterceptors,
  inbound,
  outbound,
  registerActivityInboundInterceptor,
  registerInboundInterceptor,
  registerOutboundInterceptor,
} from '../engine/interceptors';

/** What is registered in this process, in order, the first outermost. */
function getInterceptorService() {
  return {
    inbound: [...inbound],
    outbound: [...outbound],
    activityInbound: [...activityInbound],
  };
}

/**
 * Interceptors, under their newer and older names. They belong to the process, and the first that
 * is registered is the outermost.
 */
export const interceptors = {
  registerInboundInterceptor,
  registerInterceptor: registerInboundInterceptor,
  registerOutboundInterceptor,
  registerActivityInterceptor: registerOutboundInterceptor,
  registerActivityInboundInterceptor,
  clearInterceptors,
  clearOutboundInterceptors,
  clearActivityInterceptors: clearOutboundInterceptors,
  clearActivityInboundInterceptors,
  getInterceptorService,
};
