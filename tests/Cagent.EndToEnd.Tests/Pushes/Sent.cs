// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>A request as a client sent it.</summary>
/// <param name="Client">Who.</param>
/// <param name="Way">How, as the client saw it: by whose certificate it was answered.</param>
/// <param name="Method">The method.</param>
/// <param name="Url">The URL.</param>
/// <param name="Began">The timestamp before anything of it was sent.</param>
internal sealed record Sent(string Client, Way Way, string Method, string Url, long Began);
