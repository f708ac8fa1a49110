// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>Content that a client rejected: it is not sent again until it changes.</summary>
/// <param name="Version">The rejected version.</param>
/// <param name="LastGood">What the client accepted before under this name; sent in its place. Null when unknown.</param>
internal sealed record Rejection(string Version, XdsResource? LastGood);
