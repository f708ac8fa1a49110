// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cagent.EnvoyApi.Tests;

public sealed class SubsetTests
{
    [EnvoyApiFact]
    public async Task Check_OurDescriptors_DifferInNothingFromEnvoys()
    {
        (int exitCode, string output) = await CheckAsync(DescriptorSet(EnvoyTypes.Files));

        Assert.True(exitCode == 0, output);
    }

    [EnvoyApiFact]
    public async Task Check_AFieldThatEnvoyLacks_IsReported()
    {
        FileDescriptorProto file = new() { Name = "envoy/config/core/v3/address.proto", Package = "envoy.config.core.v3", Syntax = "proto3" };
        DescriptorProto pipe = new() { Name = "Pipe" };
        pipe.Field.Add(new FieldDescriptorProto
        {
            Name = "color",
            Number = 99,
            Label = FieldDescriptorProto.Types.Label.Optional,
            Type = FieldDescriptorProto.Types.Type.String,
        });
        file.MessageType.Add(pipe);

        (int exitCode, string output) = await CheckAsync(Frame([file.ToByteString()]));

        Assert.Equal(1, exitCode);
        Assert.Contains("color", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_All_AreOfPackagesThatEnvoyProjectsDefine()
    {
        Assert.NotEmpty(EnvoyTypes.Files);
        Assert.All(EnvoyTypes.Files, file => Assert.Matches("^(envoy|ratelimit|xds|udpa|google)/", file.Name));
    }

    private static byte[] DescriptorSet(IEnumerable<FileDescriptor> files)
    {
        Dictionary<string, ByteString> found = [];
        foreach (FileDescriptor file in files)
        {
            Collect(file, found);
        }

        return Frame(found.Values);
    }

    private static void Collect(FileDescriptor file, Dictionary<string, ByteString> found)
    {
        if (found.ContainsKey(file.Name))
        {
            return;
        }

        foreach (FileDescriptor import in file.Dependencies)
        {
            Collect(import, found);
        }

        found[file.Name] = file.SerializedData;
    }

    /// <summary>A FileDescriptorSet: each file is field 1.</summary>
    private static byte[] Frame(IEnumerable<ByteString> files)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            foreach (ByteString file in files)
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(file);
            }
        }

        return stream.ToArray();
    }

    private static async Task<(int ExitCode, string Output)> CheckAsync(byte[] descriptorSet)
    {
        string program = EnvoyApiTool.Path ?? throw new InvalidOperationException("CAGENT_REQUIRE asks for envoy-api, and it is not installed.");
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, descriptorSet);
            ProcessStartInfo start = new(program, ["check", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output + await errors);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
