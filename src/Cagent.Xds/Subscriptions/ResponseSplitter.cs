// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>Cuts one logical response into messages.</summary>
internal static class ResponseSplitter
{
    // Field headers, the version and the type URL around a resource: an upper estimate.
    private const int Overhead = 160;

    /// <summary>Cuts resources alone into runs of a response each.</summary>
    public static ImmutableArray<ImmutableArray<XdsResource>> Cut(XdsType type, IReadOnlyList<XdsResource> resources, int maxBytes)
    {
        ImmutableArray<ImmutableArray<XdsResource>>.Builder runs = ImmutableArray.CreateBuilder<ImmutableArray<XdsResource>>();
        ImmutableArray<XdsResource>.Builder run = ImmutableArray.CreateBuilder<XdsResource>();
        int bytes = 0;
        foreach (XdsResource resource in resources)
        {
            int size = SizeOf(resource);
            if (run.Count > 0 && (type.IsOnePerResponse || bytes + size > maxBytes))
            {
                runs.Add(run.DrainToImmutable());
                bytes = 0;
            }

            run.Add(resource);
            bytes += size;
        }

        runs.Add(run.DrainToImmutable());
        return runs.DrainToImmutable();
    }

    /// <param name="type">The type of all resources.</param>
    /// <param name="resources">In the order to send.</param>
    /// <param name="removed">Names to remove.</param>
    /// <param name="alone">Resources that share no response with others, whatever the type.</param>
    /// <param name="trials">Resources that share a response with those of the same number only.</param>
    /// <param name="context">Limit, nonces and revision.</param>
    public static List<ResponsePart> Split(
        XdsType type,
        IReadOnlyList<XdsResource> resources,
        IReadOnlyList<string> removed,
        HashSet<string> alone,
        Dictionary<string, int> trials,
        ResponseContext context)
    {
        List<ResponsePart> parts = [];
        ImmutableArray<XdsResource>.Builder part = ImmutableArray.CreateBuilder<XdsResource>();
        int bytes = 0;
        int trial = 0;
        IEnumerable<XdsResource> ordered = trials.Count == 0 ? resources : resources.OrderBy(resource => trials.GetValueOrDefault(resource.Name));
        foreach (XdsResource resource in ordered)
        {
            int wanted = trials.GetValueOrDefault(resource.Name);
            int size = SizeOf(resource);
            if (type.IsOnePerResponse || alone.Contains(resource.Name))
            {
                parts.Add(Create(type, [resource], [], context));
                continue;
            }

            if (part.Count > 0 && (wanted != trial || bytes + size > context.MaxBytes))
            {
                parts.Add(Create(type, part.DrainToImmutable(), [], context));
                bytes = 0;
            }

            trial = wanted;
            part.Add(resource);
            bytes += size;
        }

        AddRest(parts, type, part.DrainToImmutable(), removed, bytes, context);
        return parts;
    }

    private static int SizeOf(XdsResource resource) => resource.Body.Length + resource.Name.Length + Overhead;

    private static void AddRest(
        List<ResponsePart> parts,
        XdsType type,
        ImmutableArray<XdsResource> resources,
        IReadOnlyList<string> removed,
        int bytes,
        ResponseContext context)
    {
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        foreach (string name in removed)
        {
            int size = name.Length + 4;
            if (bytes > 0 && bytes + size > context.MaxBytes)
            {
                parts.Add(Create(type, resources, names.DrainToImmutable(), context));
                resources = [];
                bytes = 0;
            }

            names.Add(name);
            bytes += size;
        }

        if (!resources.IsEmpty || names.Count > 0 || parts.Count == 0)
        {
            parts.Add(Create(type, resources, names.DrainToImmutable(), context));
        }
    }

    private static ResponsePart Create(
        XdsType type, ImmutableArray<XdsResource> resources, ImmutableArray<string> removed, ResponseContext context) =>
        new(type, context.Nonces.Next(), context.Revision, context.SetVersion, context.Now, resources, removed)
        {
            HasTtl = context.IsWithTtl(resources),
        };
}
