// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.LoadClient;

namespace Cagent.Xds.Load.Clients;

/// <summary>
/// Reads discovery responses of both variants as they come, in pieces of any size: counts resources, keeps the nonce and the
/// version, and skips everything else, so that the generator costs less than any server.
/// </summary>
internal struct ResponseScanner
{
    private const int VersionField = 1;
    private const int ResourceField = 2;
    private const int NonceField = 5;
    private const int RemovedField = 6;
    private const int MaxKept = 64;

    private readonly byte[] _kept;
    private ulong _varint;
    private int _shift;
    private int _headerFill;
    private uint _messageLeft;
    private uint _fieldLeft;
    private int _field;
    private Part _part;

    public ResponseScanner()
    {
        _kept = new byte[GrpcFrame.HeaderSize + (2 * MaxKept)];
    }

    private enum Part
    {
        Header,
        Tag,
        Length,
        Number,
        Payload,
    }

    public int Resources { get; private set; }

    public int Removed { get; private set; }

    public int NonceLength { get; private set; }

    public int VersionLength { get; private set; }

    public readonly ReadOnlySpan<byte> Nonce => _kept.AsSpan(GrpcFrame.HeaderSize, NonceLength);

    public readonly ReadOnlySpan<byte> Version => _kept.AsSpan(GrpcFrame.HeaderSize + MaxKept, VersionLength);

    /// <summary>Takes bytes up to the end of a message; true when one ended, and its counts hold until the next call.</summary>
    public bool Read(ref ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_part == Part.Header)
            {
                ReadHeader(ref bytes);
            }
            else if (_part == Part.Payload)
            {
                ReadPayload(ref bytes);
            }
            else
            {
                ReadVarint(ref bytes);
            }

            if (_part != Part.Header && _messageLeft == 0)
            {
                _part = Part.Header;
                _headerFill = 0;
                return true;
            }
        }

        return false;
    }

    private void ReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(GrpcFrame.HeaderSize - _headerFill, bytes.Length);
        bytes[..taken].CopyTo(_kept.AsSpan(_headerFill));
        bytes = bytes[taken..];
        _headerFill += taken;
        if (_headerFill == GrpcFrame.HeaderSize)
        {
            _messageLeft = BinaryPrimitives.ReadUInt32BigEndian(_kept.AsSpan(1));
            (Resources, Removed, NonceLength, VersionLength) = (0, 0, 0, 0);
            Expect(Part.Tag);
        }
    }

    private void ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        byte value = bytes[0];
        bytes = bytes[1..];
        _messageLeft--;
        _varint |= (ulong)(value & 0x7f) << _shift;
        _shift += 7;
        if ((value & 0x80) != 0)
        {
            return;
        }

        switch (_part)
        {
            case Part.Tag:
                _field = (int)(_varint >> 3);
                Expect((_varint & 7) switch
                {
                    0 => Part.Number,
                    2 => Part.Length,
                    _ => throw new InvalidDataException("A response has a field of a type that discovery responses do not use."),
                });
                break;
            case Part.Length:
                _fieldLeft = (uint)_varint;
                Resources += _field == ResourceField ? 1 : 0;
                Removed += _field == RemovedField ? 1 : 0;
                Expect(_fieldLeft == 0 ? Part.Tag : Part.Payload);
                break;
            default:
                Expect(Part.Tag);
                break;
        }
    }

    private void ReadPayload(ref ReadOnlySpan<byte> bytes)
    {
        int taken = (int)Math.Min(_fieldLeft, (uint)bytes.Length);
        if (_field == NonceField)
        {
            bytes[..taken].CopyTo(_kept.AsSpan(GrpcFrame.HeaderSize + NonceLength, MaxKept - NonceLength));
            NonceLength += taken;
        }
        else if (_field == VersionField)
        {
            bytes[..taken].CopyTo(_kept.AsSpan(GrpcFrame.HeaderSize + MaxKept + VersionLength, MaxKept - VersionLength));
            VersionLength += taken;
        }

        bytes = bytes[taken..];
        _messageLeft -= (uint)taken;
        _fieldLeft -= (uint)taken;
        if (_fieldLeft == 0)
        {
            Expect(Part.Tag);
        }
    }

    private void Expect(Part part)
    {
        _part = part;
        _varint = 0;
        _shift = 0;
    }
}
