// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Cagent.ControlPlane.Unix;

namespace Cagent.ControlPlane.Envoys;

/// <summary>What the pid file says of the Envoy that was started last.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="StartTicks">Its start time, see <see cref="ProcessIdentity"/>.</param>
/// <param name="Hash">What it was started with, see <see cref="EnvoyCommandLine"/>.</param>
internal sealed record EnvoyPidFile(int Pid, ulong StartTicks, string Hash)
{
    public const string Name = "envoy.pid";

    [JsonIgnore]
    public ProcessIdentity Process => new(Pid, StartTicks);

    /// <summary>The file of a run directory; null when there is none or it is damaged, which both mean "nothing to adopt".</summary>
    public static EnvoyPidFile? Read(string runDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(runDirectory, Name)), EnvoyPidFileJson.Default.EnvoyPidFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(string runDirectory) =>
        AtomicFile.Write(Path.Combine(runDirectory, Name), JsonSerializer.SerializeToUtf8Bytes(this, EnvoyPidFileJson.Default.EnvoyPidFile));

    public static void Delete(string runDirectory) => File.Delete(Path.Combine(runDirectory, Name));
}

[JsonSerializable(typeof(EnvoyPidFile))]
internal sealed partial class EnvoyPidFileJson : JsonSerializerContext;
