// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Secrets.Trust;

/// <summary>Where a probe connects.</summary>
/// <param name="Port">The port on the loopback.</param>
/// <param name="Token">Tells the probes of one server apart.</param>
internal sealed record ProbeTarget(int Port, string Token)
{
    /// <summary>A name that every machine resolves without a resolver.</summary>
    public const string Host = "localhost";

    /// <summary>host:port.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>A URL that ends in a slash, so that a program can put its own path behind.</summary>
    public string Url => $"https://{Authority}/{Token}/";
}
