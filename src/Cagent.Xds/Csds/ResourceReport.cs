// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Csds;

/// <summary>One resource on one stream, told by its loop. Immutable.</summary>
internal readonly record struct ResourceReport(XdsType Type, ResourceState State);
